package io.endomesh.contracts.grpc;

import io.endomesh.testkit.Library;

@Library(name = "gRPC Java, grpc-netty-shaded", staged = "grpc-newest", without = "grpc-netty.jar")
class GrpcNewestShadedTest extends GrpcVersion {}
