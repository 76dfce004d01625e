/** Faults on purpose, for a while: started by a person, ended by the clock. */
@NullMarked
package io.endomesh.controller.fault;

import org.jspecify.annotations.NullMarked;
