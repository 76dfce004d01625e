/** Who is alive: workloads, their leases, and the services they make. */
@NullMarked
package io.endomesh.controller.registry;

import org.jspecify.annotations.NullMarked;
