/** Who may call what: authorization policies, evaluated. */
@NullMarked
package io.endomesh.dataplane.authorize;

import org.jspecify.annotations.NullMarked;
