/** gRPC kept to the promises of the contract, version by version, under the packaged agent jar. */
@NullMarked
package io.endomesh.contracts.grpc;

import org.jspecify.annotations.NullMarked;
