package io.endomesh.contracts.grpc;

import io.endomesh.testkit.Library;

@Library(name = "gRPC Java, grpc-netty", staged = "grpc-oldest", without = "grpc-netty-shaded.jar")
class GrpcOldestNettyTest extends GrpcVersion {}
