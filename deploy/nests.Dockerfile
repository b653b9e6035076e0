# One image for the API (with the web app) and the relay. Debian, because the native parts are built for glibc.
FROM node:22-bookworm AS build
WORKDIR /nests
COPY package.json package-lock.json .npmrc ./
COPY protocol/package.json protocol/
COPY api/package.json api/
COPY relay/package.json relay/
COPY web/package.json web/
COPY standalone/package.json standalone/
COPY e2e/package.json e2e/
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:22-bookworm-slim
RUN apt-get update \
  && apt-get install --yes --no-install-recommends curl ca-certificates \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /nests
COPY --from=build /nests/node_modules node_modules
COPY --from=build /nests/package.json package.json
COPY --from=build /nests/api api
COPY --from=build /nests/relay/dist relay/dist
COPY --from=build /nests/relay/package.json relay/package.json
COPY --from=build /nests/web/dist web/dist
RUN mkdir /data && chown node:node /data
USER node
ENV NODE_ENV=production NESTS_DATA_DIR=/data
VOLUME /data
EXPOSE 5544
CMD ["node", "api/dist/main.js"]
