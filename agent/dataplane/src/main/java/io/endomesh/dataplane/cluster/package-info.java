/** Where a call can go: clusters, their endpoints, and the choice among them. */
@NullMarked
package io.endomesh.dataplane.cluster;

import org.jspecify.annotations.NullMarked;
