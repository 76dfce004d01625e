/** Code that uses Netty itself, loaded with each version of it. */
@NullMarked
package io.endomesh.contracts.netty.server;

import org.jspecify.annotations.NullMarked;
