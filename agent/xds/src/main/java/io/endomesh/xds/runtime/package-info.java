/** What the parts of the controller connection run on: one thread, and a log. */
@NullMarked
package io.endomesh.xds.runtime;

import org.jspecify.annotations.NullMarked;
