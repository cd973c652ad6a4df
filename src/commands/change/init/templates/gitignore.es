# Una clave privada no tiene lugar en un repositorio.
*.p12
*.pfx
*.jks
*.key
# Lo que escribe `segell manifest --out to-load`.
/to-load/
# Lo que detiene a un segundo segell que escribe.
/.segell.lock
