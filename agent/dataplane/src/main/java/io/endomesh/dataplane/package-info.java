/**
 * Every decision of the mesh: a call goes in, an attempt or a reply comes out. Plain Java, no
 * network.
 */
@NullMarked
package io.endomesh.dataplane;

import org.jspecify.annotations.NullMarked;
