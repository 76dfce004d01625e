package io.endomesh.contracts.grpc;

import io.endomesh.testkit.Library;

@Library(name = "gRPC Java, grpc-netty", staged = "grpc-newest", without = "grpc-netty-shaded.jar")
class GrpcNewestNettyTest extends GrpcVersion {}
