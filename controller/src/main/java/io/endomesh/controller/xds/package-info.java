/** The xDS server: what each connected workload asked for, was sent and acknowledged. */
@NullMarked
package io.endomesh.controller.xds;

import org.jspecify.annotations.NullMarked;
