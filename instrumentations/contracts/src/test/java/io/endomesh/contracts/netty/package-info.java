/** Servers that use Netty's codecs by themselves, held to the contract of HTTP servers. */
@NullMarked
package io.endomesh.contracts.netty;

import org.jspecify.annotations.NullMarked;
