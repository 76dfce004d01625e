/** gRPC kept to the promises of the contract, version by version, in a woven JVM. */
@NullMarked
package io.endomesh.instrumentation.grpc.test;

import org.jspecify.annotations.NullMarked;
