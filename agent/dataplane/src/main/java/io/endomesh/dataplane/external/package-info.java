/** Asks others than policies whether a request may run: AuthorizationPolicies of action CUSTOM. */
@NullMarked
package io.endomesh.dataplane.external;

import org.jspecify.annotations.NullMarked;
