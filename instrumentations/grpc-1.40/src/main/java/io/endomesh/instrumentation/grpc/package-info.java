/** What the parts for gRPC's core and for its transports share. Free of library types. */
@NullMarked
package io.endomesh.instrumentation.grpc;

import org.jspecify.annotations.NullMarked;
