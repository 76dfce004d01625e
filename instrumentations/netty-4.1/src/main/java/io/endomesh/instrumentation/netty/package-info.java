/** What the parts of the instrumentation of Netty's servers have in common. */
@NullMarked
package io.endomesh.instrumentation.netty;

import org.jspecify.annotations.NullMarked;
