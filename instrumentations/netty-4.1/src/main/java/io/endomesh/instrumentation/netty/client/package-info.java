/** HTTP clients that an application makes of Netty's codecs by itself, as clients of the mesh. */
@NullMarked
package io.endomesh.instrumentation.netty.client;

import org.jspecify.annotations.NullMarked;
