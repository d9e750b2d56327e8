# Build: the full image has the compiler that better-sqlite3 needs where no prebuilt binary fits.
FROM node:22-bookworm AS build
WORKDIR /app
# Node's headers are in the image, so that the compile asks the network for nothing.
ENV npm_config_nodedir=/usr/local
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build

# Run: dist/ is self-contained but for the native module and the two packages that find it.
FROM node:22-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=8787 \
    TANDEM_DATA_DIR=/data
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules/better-sqlite3/package.json node_modules/better-sqlite3/
COPY --from=build /app/node_modules/better-sqlite3/lib node_modules/better-sqlite3/lib
COPY --from=build /app/node_modules/better-sqlite3/build/Release/better_sqlite3.node node_modules/better-sqlite3/build/Release/
COPY --from=build /app/node_modules/bindings node_modules/bindings
COPY --from=build /app/node_modules/file-uri-to-path node_modules/file-uri-to-path
COPY --from=build /app/dist dist
RUN mkdir /data && chown 1000:1000 /data
# The image's own user `node`, by number so that a platform can see that it is not root.
USER 1000:1000
VOLUME /data
EXPOSE 8787
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--optimize-for-size", "--v8-pool-size=1", "dist/proxy.js"]
