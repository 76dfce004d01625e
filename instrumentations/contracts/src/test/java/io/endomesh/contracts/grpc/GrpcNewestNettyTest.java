package io.endomesh.contracts.grpc;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(
    name = "gRPC Java, grpc-netty",
    staged = "grpc-newest",
    release = Release.NEWEST,
    without = "grpc-netty-shaded.jar")
class GrpcNewestNettyTest extends GrpcVersion {}
