/**
 * HTTP/2 to the controller and to limit servers: gRPC streams and plain POSTs over one connection.
 */
@NullMarked
package io.endomesh.xds.http2;

import org.jspecify.annotations.NullMarked;
