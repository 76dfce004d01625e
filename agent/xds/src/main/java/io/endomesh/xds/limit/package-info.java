/** Asks a limit server about calls, over connections that others open. */
@NullMarked
package io.endomesh.xds.limit;

import org.jspecify.annotations.NullMarked;
