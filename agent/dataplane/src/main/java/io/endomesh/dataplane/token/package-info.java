/** JSON Web Tokens: read, verified, and what they say. No network; all work is bounded. */
@NullMarked
package io.endomesh.dataplane.token;

import org.jspecify.annotations.NullMarked;
