# fieldbench in a container: `docker build -t fieldbench .`, then `docker run --rm fieldbench conform`.
# BASE is anything with Node 24 and npm: node:24, node:24-slim, or an image of your own that trusts your certificates.
ARG BASE=node:24-slim

FROM $BASE AS built
LABEL io.fieldbench.image=built
WORKDIR /fieldbench
# For networks that reach a mirror of npm only. This stage is thrown away, and the mirror's address with it.
ARG NPM_CONFIG_REGISTRY
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier
COPY tsconfig.json tsconfig.build.json ./
COPY .ci .ci
COPY src src
RUN npm run --silent build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM $BASE
LABEL io.fieldbench.image=fieldbench
WORKDIR /fieldbench
COPY --from=built /fieldbench/node_modules node_modules
COPY --from=built /fieldbench/dist dist
COPY package.json LICENSE CHANGELOG.md ./
COPY scenarios scenarios
COPY devices devices
# Like /tmp, so that `--user` may name anybody.
RUN ln -s /fieldbench/dist/cli/bin.js /usr/local/bin/fieldbench && install -d -m 1777 /reports
ENV NODE_ENV=production HOME=/tmp
USER 1000:1000
WORKDIR /reports
VOLUME /reports
ENTRYPOINT ["fieldbench"]
CMD ["--help"]
