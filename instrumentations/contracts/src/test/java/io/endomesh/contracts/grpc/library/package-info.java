/** What of the test uses gRPC: loaded anew for each version of it. */
@NullMarked
package io.endomesh.contracts.grpc.library;

import org.jspecify.annotations.NullMarked;
