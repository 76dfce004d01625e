/** Records of single calls, for whoever looks at them. */
@NullMarked
package io.endomesh.dataplane.access;

import org.jspecify.annotations.NullMarked;
