@NullMarked
package io.endomesh.controller.fault;

import org.jspecify.annotations.NullMarked;
