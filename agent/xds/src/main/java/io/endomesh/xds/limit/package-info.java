/** Asks limit servers about calls: the controller, and others. */
@NullMarked
package io.endomesh.xds.limit;

import org.jspecify.annotations.NullMarked;
