/** The last known good state on disk. */
@NullMarked
package io.endomesh.xds.state;

import org.jspecify.annotations.NullMarked;
