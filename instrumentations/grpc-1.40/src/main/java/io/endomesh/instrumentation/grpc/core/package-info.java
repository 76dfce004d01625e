/**
 * Brings calls of grpc-java (1.40 and newer) into the mesh: logical names, a decision for each
 * attempt, authorization. The connections themselves are the business of the netty package.
 */
@NullMarked
package io.endomesh.instrumentation.grpc.core;

import org.jspecify.annotations.NullMarked;
