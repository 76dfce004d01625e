/** The rate limit server: counts calls for all workloads of a service. */
@NullMarked
package io.endomesh.controller.limit;

import org.jspecify.annotations.NullMarked;
