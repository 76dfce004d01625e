/** What the mesh really did with a call, told in its response to those who may ask. */
@NullMarked
package io.endomesh.dataplane.trail;

import org.jspecify.annotations.NullMarked;
