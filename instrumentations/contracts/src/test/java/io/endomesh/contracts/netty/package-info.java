/** Servers and clients that use Netty's codecs by themselves, held to the contracts of HTTP. */
@NullMarked
package io.endomesh.contracts.netty;

import org.jspecify.annotations.NullMarked;
