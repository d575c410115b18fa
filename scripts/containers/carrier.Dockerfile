# SPDX-License-Identifier: MIT
# The image of the init container in kubernetes.yaml: `cp` and the library.
FROM busybox:stable
COPY libnoself.so /libnoself.so
