/**
 * Brings the connections of grpc-java's OkHttp transport into the mesh: mutual TLS for channels. It
 * makes no servers that the mesh knows of.
 */
@NullMarked
package io.endomesh.instrumentation.grpc.okhttp;

import org.jspecify.annotations.NullMarked;
