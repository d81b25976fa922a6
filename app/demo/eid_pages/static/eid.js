// The button is there for those without JavaScript; everybody else is sent on at once.
document.getElementById("onwards").submit();
