@NullMarked
package io.endomesh.controller.api;

import org.jspecify.annotations.NullMarked;
