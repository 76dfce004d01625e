/** What makes calls by Netty's codec. */
@NullMarked
package io.endomesh.contracts.netty.client;

import org.jspecify.annotations.NullMarked;
