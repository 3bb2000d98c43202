"""By which words in genre, title, album and artist things that are no songs for a mix can be told.

Phrases in the form of `aidj.selection.phrases`, in English, German, French and Spanish, some in others. A phrase stands
here only if songs are hardly ever called so; what songs are called too stands among the hints, of which one is not
enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Kind = Literal["sleep_noise", "children", "podcast", "audiobook"]

_COLOUR = "{white,brown,pink,green,gray,grey,blue,violet,black}"
_WEATHER = "{rain,rainfall,rainforest,ocean,thunder,thunderstorm,storm,forest,waterfall,nature}"
_REST = "{sleep,sleeping,baby,babies,relaxation,relaxing,meditation,studying,insomnia,tinnitus}"
_NUMBERED = "{chapter,kapitel,chapitre,capitulo,capitolo,hoofdstuk}"

GENRES: Mapping[Kind, tuple[str, ...]] = {
    "sleep_noise": (
        f"{_COLOUR} noise",
        f"{{{_WEATHER[1:-1]},sleep,environmental}} {{sound,sounds,noises}}",
        "asmr",
        "sounds of nature",
        "naturgerausche",
        "{bruit,bruits} {blanc,blancs,de la nature}",
        "sonidos de la naturaleza",
        "^ {,deep} sleep $",
    ),
    "children": (
        "{children,childrens,kids}",
        "kinder*",
        "nursery {rhyme,rhymes}",
        "{lullaby,lullabies}",
        "{enfants,comptine,comptines,jeunesse}",
        "{infantil,infantiles,ninos,bambini}",
    ),
    "podcast": ("{podcast,podcasts,speech}", "talk {radio,show}", "{interview,interviews}"),
    "audiobook": (
        "{audiobook,audiobooks,audiolibro,audiolibros}",
        "{audio,livre,livres} {book,books,audio,libro,libros,drama,theatre,theater}",
        "{hor,hoer}{buch,bucher,buecher,spiel,spiele}",
        "{lesung,lesungen}",
        "{luisterboek,luisterboeken}",
        "radio {play,plays}",
        "books and spoken",
    ),
}
"""Words in genres, which decide alone."""

SURE: Mapping[Kind, tuple[str, ...]] = {
    "sleep_noise": (
        f"{_COLOUR} {{noise,noises}} {{,for,to,for deep,for better,for your,to help}} {_REST}",
        f"{_COLOUR} noise {{hz,loop,loops,loopable,sounds,therapy,radiance,masking}}",
        f"{_COLOUR} noise # {{hz,hour,hours,h,min,minutes}}",
        f"# {{hour,hours}} {{,of}} {_COLOUR} noise",
        f"{_WEATHER} sounds",
        "sounds of {,the,gentle,heavy} {rain,ocean,thunder,nature,sea} {$,for}",
        f"{{{_WEATHER[1:-1]},sounds,noise}} for {{,deep,better,baby}} {{sleep,sleeping,relaxation,studying}}",
        "{sleep,sleeping,womb} {sounds,noise,noises}",
        "{,box} fan {noise,sound,sounds}",
        "{vacuum cleaner,hair dryer,hairdryer,washing machine,air conditioner} {noise,sound,sounds}",
        "asmr {sleep,whisper,whispers,whispering,tapping,triggers,roleplay,sounds,rain,massage,#}",
        "{binaural beats,baby sleep music,baby sleep sounds,shushing sounds}",
        "{naturgerausche,regengerausche,meeresrauschen,weisses rauschen fur,weisses rauschen zum}",
        "{regen,gerausche,klange,meer} {zum,fur den} {einschlafen,schlafen,schlaf}",
        "{bruit,bruits} {blanc,blancs} {pour,bebe,sommeil}",
        "{bruit,bruits,sons} de {,la} {pluie,nature}",
        "{sonido,sonidos,ruido,ruidos} {de lluvia,de la lluvia,del mar,de la naturaleza,para dormir}",
        "ruido {blanco,rosa,marron} {para,bebes,dormir}",
        "{sons da natureza,suoni della natura,rumore bianco per}",
    ),
    "children": (
        "nursery {rhyme,rhymes}",
        "kinderlied*",
        "{kinderhits,kinderparty,kinderdisco,spiellieder,krabbellieder,schlaflieder}",
        "{lieder,musik,hits,tanzlieder,disco} fur {,kleine,unsere} kinder",
        "kids {songs,hits,party songs,tv}",
        "{songs,music,lullabies} for {,your,little} {kids,babies,toddlers,preschoolers}",
        "{baby,toddler,preschool,kindergarten} {songs,lullabies,tunes}",
        "{comptine,comptines}",
        "{chanson,chansons,musique,berceuses} {pour,d} {,les} {enfants,enfant,bebes,petits}",
        "canciones {infantiles,de cuna,para ninos,para bebes}",
        "{rondas infantiles,musica infantil,musica para ninos,canzoni per bambini}",
    ),
    "podcast": (
        "{podcast,podcasts} {episode,ep,folge,episodio,#}",
        "{episode,ep,folge} # {the,der,le,el} {,daily,weekly} podcast",
    ),
    "audiobook": (
        "{audiobook,horbuch,livre audio,audiolibro,unabridged}",
        "{ungekurzte,gekurzte} lesung",
        "{das,ein} horspiel",
        "{gelesen von,narrated by,lu par,leido por}",
        "texte integral",
    ),
}
"""Words in title, album or artist, which decide unless the genre is one of songs."""

HINTS: Mapping[Kind, tuple[str, ...]] = {
    "sleep_noise": (
        f"{_COLOUR} {{noise,noises}}",
        "{asmr,deep sleep,sleep aid,delta waves,ocean waves,crackling fire,crackling fireplace}",
        "{sound,sounds} of {,the} rain",
        "{gentle,heavy,soft,relaxing} rain",
        "rain {and,with} thunder",
        "rain on {a,the} {tent,roof,tin roof,window}",
        "# hz",
        f"for {{,deep}} {_REST}",
        "{bruit,ruido} {blanc,rose,brun,blanco,rosa,marron}",
        "{rumore bianco,witte ruis,weisses rauschen}",
        "{zum einschlafen,pour dormir,para dormir}",
    ),
    "children": (
        "^ {,the} wheels on the bus",
        "^ {,the} {itsy bitsy,incy wincy,eency weency} spider",
        "^ {baby shark,row row row your boat,head shoulders knees,five little monkeys,five little ducks}",
        "^ {twinkle twinkle little star,mary had a little lamb,old macdonald had a farm,hickory dickory dock} $",
        "^ {if youre happy and you know it,the hokey pokey,hokey cokey,bingo was his name o,the alphabet song} $",
        "^ {alle meine entchen,hanschen klein,backe backe kuchen,bruder jakob,alle vogel sind schon da} $",
        "^ {auf der mauer auf der lauer,der kuckuck und der esel,hoppe hoppe reiter,schlaf kindlein schlaf} $",
        "^ {frere jacques,au clair de la lune,sur le pont d avignon,une souris verte,alouette} $",
        "^ {los pollitos dicen,pollitos dicen,la vaca lola,pin pon,un elefante se balanceaba} $",
        "childrens {songs,music,favorites,favourites}",
        "{for,fur} {kids,kinder}",
        "{singalong,sing along,sing mit,pour enfants,para ninos}",
    ),
    "podcast": ("{podcast,podcasts}", "^ {episode,ep,folge,episodio} #"),
    "audiobook": ("{horspiel,horspiele,lesung}", f"^ {_NUMBERED} #"),
}
"""Words in title, album or artist, of which it takes two, in different words, and no genre of songs."""

CHAPTERS = (
    f"^ {{,#}} {_NUMBERED} #",
    "^ {chapter,kapitel,chapitre} {i,ii,iii,iv,v,vi,vii,viii,ix,x,xi,xii}",
    "^ chapter {one,two,three,four,five,six,seven,eight,nine,ten,eleven,twelve}",
)
"""Titles that the tracks of a book have."""

SPOKEN_GENRES = ("{spoken,spoken word,literature,literatur,reading,poetry reading}",)
"""Genres of books, when the tracks are long, and of poems and interludes, when they are not."""

ARTISTS: Mapping[Kind, tuple[str, ...]] = {
    "children": (
        *("Pinkfong", "Cocomelon", "Super Simple Songs", "The Wiggles", "Little Baby Bum", "ChuChu TV", "Kidz Bop"),
        *("Kidz Bop Kids", "The Laurie Berkner Band", "Peppa Pig", "PAW Patrol", "Blippi", "Die drei ??? Kids"),
        *("Rolf Zuckowski", "Volker Rosin", "Simone Sommerland", "Detlev Jöcker", "Fredrik Vahle", "Lichterkinder"),
        *("Benjamin Blümchen", "Bibi Blocksberg", "Bibi und Tina", "Leo Lausemaus", "Sing Kinderlieder"),
        *("Henri Dès", "CantaJuego", "La Granja de Zenón"),
    ),
    "audiobook": ("Die drei ???", "Die drei Fragezeichen", "TKKG", "LibriVox"),
}
"""Who makes nothing else."""

_STYLES = (
    "rock,pop,metal,punk,rap,hop,core,wave,jazz,blues,soul,funk,house,techno,step,beat,gaze,tronica,folk,disco,trance,"
    "bass,grass"
)
SONG_GENRES_END = tuple(_STYLES.split(","))
"""Ends of words that mean a genre of songs: "Rock", "Synthpop", "Krautrock"."""

SONG_GENRES = (
    "{rnb,rb,r and b,r n b,reggae,country,indie,alternative,electronic,electro,electronica,dance,drum,dnb,edm,grunge}",
    "{ska,dub,latin,latino,gospel,songwriter,schlager,industrial,emo,swing,opera,oper,idm,chanson,variete,garage}",
    "{classical,klassik,classique,clasica,classica,experimental,noise,avant garde,avantgarde,bossa nova,salsa}",
    "{flamenco,fado,americana,grime,world,tango,samba,musical,musicals,vocal,big band,folklore,singer}",
    "{liedermacher,volksmusik,downtempo,drone,psychedelic,progressive,hardstyle,phonk,afrobeats,dancehall,rocksteady}",
)
"""Words in genres of songs; who has one is given the benefit of the doubt."""
