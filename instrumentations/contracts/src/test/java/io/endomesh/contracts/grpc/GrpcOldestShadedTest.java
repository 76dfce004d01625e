package io.endomesh.contracts.grpc;

import io.endomesh.testkit.Library;

@Library(name = "gRPC Java, grpc-netty-shaded", staged = "grpc-oldest", without = "grpc-netty.jar")
class GrpcOldestShadedTest extends GrpcVersion {}
