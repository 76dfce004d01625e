/** What of a server only Reactor Netty knows: its port, its scheme, and who routes. */
@NullMarked
package io.endomesh.instrumentation.netty.reactor;

import org.jspecify.annotations.NullMarked;
