/** What of a server only Vert.x knows: its port, its scheme, who routes, and HTTP/2. */
@NullMarked
package io.endomesh.instrumentation.netty.vertx;

import org.jspecify.annotations.NullMarked;
