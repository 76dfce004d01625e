/**
 * Brings the connections of grpc-java's Netty transport into the mesh: mutual TLS on both sides,
 * and both kinds of connection on one server port. Woven a second time, under other names, for
 * grpc-netty-shaded.
 */
@NullMarked
package io.endomesh.instrumentation.grpc.netty;

import org.jspecify.annotations.NullMarked;
