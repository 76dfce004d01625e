/** Which route a request takes, and what the route asks for. */
@NullMarked
package io.endomesh.dataplane.route;

import org.jspecify.annotations.NullMarked;
