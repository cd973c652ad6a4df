# segell with what `approve` and the hooks need, git and OpenSSH; no compiler, no shell tools besides Debian's, no
# list of CAs, not root. `docker build .` compiles it; `--target released --build-context program=DIR` takes the
# program from an unpacked release.
ARG DEBIAN=docker.io/library/debian:bookworm-slim
ARG RUST=docker.io/library/rust:1.95-slim-bookworm

FROM ${DEBIAN} AS base
RUN apt-get update \
  && apt-get install --yes --no-install-recommends git openssh-client \
  && rm -rf /var/lib/apt/lists/* \
  && useradd --uid 1000 --create-home segell
USER 1000
WORKDIR /work
ENTRYPOINT ["segell"]
CMD ["check"]

FROM base AS released
COPY --from=program --chmod=755 segell /usr/local/bin/segell

FROM ${RUST} AS build
WORKDIR /segell
COPY . .
ARG SEGELL_BUILD_COMMIT
RUN SEGELL_BUILD_COMMIT="${SEGELL_BUILD_COMMIT:-}" cargo build --locked --profile dist

FROM base
COPY --from=build --chmod=755 /segell/target/dist/segell /usr/local/bin/segell
