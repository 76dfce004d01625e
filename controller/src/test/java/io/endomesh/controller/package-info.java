@NullMarked
package io.endomesh.controller;

import org.jspecify.annotations.NullMarked;
