@NullMarked
package io.endomesh.controller.access;

import org.jspecify.annotations.NullMarked;
