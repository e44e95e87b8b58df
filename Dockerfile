# The image holds one static binary, the roots of the certificate authorities, the zone
# data, and two folders that the user may write to. It has no shell.

FROM --platform=$BUILDPLATFORM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod \
    go mod download
COPY . .
ARG TARGETOS
ARG TARGETARCH
ARG VERSION=
RUN --mount=type=cache,target=/go/pkg/mod \
    --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /out/fitvault ./cmd/fitvault \
 && mkdir -p -m 0700 /writable/data /writable/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /usr/local/go/lib/time/zoneinfo.zip /usr/share/zoneinfo.zip
COPY --from=build /out/fitvault /fitvault
# A new named volume takes owner and mode from the folder it is mounted on, so that the
# vault can be written without any preparation. SQLite and demo need /tmp.
COPY --from=build --chown=65532:65532 /writable/ /

ENV FITVAULT_VAULT=/data/fitvault.db \
    HOME=/data \
    ZONEINFO=/usr/share/zoneinfo.zip
VOLUME /data
USER 65532:65532

# Healthy means that the daemon in this container answers /healthz where it listens.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["/fitvault", "status", "--live"]
ENTRYPOINT ["/fitvault"]
CMD ["run"]
