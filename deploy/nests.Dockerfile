# One image for the API (with the web app) and the relay. Debian, because the native parts are built for glibc.
FROM node:24-bookworm AS build
WORKDIR /nests
# What is installed depends on these files alone, so a change of a source does not install again.
COPY package.json package-lock.json .npmrc ./
COPY protocol/package.json protocol/
COPY api/package.json api/
COPY relay/package.json relay/
COPY web/package.json web/
COPY standalone/package.json standalone/
COPY e2e/package.json e2e/
COPY bench/package.json bench/
RUN npm ci
COPY . .
# Built with everything; then only what the two servers need while they run.
RUN npm run build && npm ci --omit=dev --workspace api --workspace relay

FROM node:24-bookworm-slim
RUN apt-get update \
  && apt-get install --yes --no-install-recommends curl ca-certificates \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /nests
COPY --from=build /nests/package.json package.json
COPY --from=build /nests/node_modules node_modules
COPY --from=build /nests/api/package.json api/package.json
COPY --from=build /nests/api/dist api/dist
COPY --from=build /nests/relay/package.json relay/package.json
COPY --from=build /nests/relay/dist relay/dist
COPY --from=build /nests/web/dist web/dist
# Whichever ordinary user the container runs as (NESTS_UID) writes here; a new volume takes this over.
RUN mkdir /data && chmod 0777 /data
USER node
ENV NODE_ENV=production HOST=0.0.0.0 NESTS_DATA_DIR=/data
VOLUME /data
EXPOSE 5544
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=6 \
  CMD curl --fail --silent --show-error --max-time 3 "http://127.0.0.1:${PORT:-5544}/ready"
CMD ["node", "--enable-source-maps", "api/dist/main.js"]
