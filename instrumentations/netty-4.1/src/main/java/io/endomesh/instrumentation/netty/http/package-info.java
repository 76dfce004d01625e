/** HTTP servers that are made of Netty's codecs, whatever stands on them. */
@NullMarked
package io.endomesh.instrumentation.netty.http;

import org.jspecify.annotations.NullMarked;
