# SPDX-License-Identifier: MIT
# The image that carries the library into a pod: `cp` and one file (kubernetes.yaml).
FROM busybox:stable
COPY libnoself.so /libnoself.so
