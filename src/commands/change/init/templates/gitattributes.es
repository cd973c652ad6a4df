# Lo que va al commit es lo que se ha mirado: ningún filtro, como el de Git LFS, interviene.
/inventory/** -filter
# El inventario tiene el SHA-256 de estos ficheros: git conserva cada byte.
/inventory/evidence/** -text
/inventory/certificates/**/*.pem -text
/inventory/trust/** -text
# Lo escribe `segell schema`.
/schemas/** text eol=lf linguist-generated
