package io.endomesh.contracts.grpc;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(
    name = "gRPC Java, grpc-netty-shaded",
    staged = "grpc-newest",
    release = Release.NEWEST,
    without = "grpc-netty.jar")
class GrpcNewestShadedTest extends GrpcVersion {}
